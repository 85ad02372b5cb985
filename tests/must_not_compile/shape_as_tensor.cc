// Error: conversion from 'runnel::Shape' to (non-scalar type )?'runnel::Tensor'
// A shape becomes a tensor of zeros only where that is asked for, never by passing it.
#include "runnel/tensor/tensor.h"

runnel::Tensor tensor = runnel::Shape();
