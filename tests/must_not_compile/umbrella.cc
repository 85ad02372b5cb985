// Compiles
// All public headers at once, since they share one namespace.
#include "runnel/runnel.h"

int main() { return runnel::GRU({.input_size = 1, .hidden_size = 1}).config().hidden_size == 1 ? 0 : 1; }
