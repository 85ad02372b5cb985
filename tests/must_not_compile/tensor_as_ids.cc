// Error: conversion from 'BasicTensor<float>' to (non-scalar type )?'BasicTensor<int(32_t)?>'
// Features are not word numbers: cutting off their decimals must be asked for.
#include "runnel/tensor/tensor.h"

runnel::Ids ids = runnel::Tensor();
