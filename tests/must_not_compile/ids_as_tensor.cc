// Error: conversion from 'BasicTensor<int(32_t)?>' to (non-scalar type )?'BasicTensor<float>'
// Word numbers are not features: a GRU that is given Ids has missed its Embedding.
#include "runnel/tensor/tensor.h"

runnel::Tensor t = runnel::Ids();
