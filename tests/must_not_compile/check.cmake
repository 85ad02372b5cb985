# cmake -DCOMPILER=… -DINCLUDE=… -DSNIPPET=… -P check.cmake: one test, as CMakeLists.txt beside this file says.
file(STRINGS ${SNIPPET} first_line LIMIT_COUNT 1)
execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${COMPILER} -std=c++20 -fsyntax-only -I${INCLUDE} ${SNIPPET}
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)

if(first_line STREQUAL "// Compiles")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${SNIPPET} must compile, but the compiler says:\n${output}")
  endif()
elseif(first_line MATCHES "^// Error: (.+)$")
  set(expected "${CMAKE_MATCH_1}")
  if(result EQUAL 0)
    message(FATAL_ERROR "${SNIPPET} compiles, but must not")
  elseif(NOT output MATCHES "${expected}")
    message(FATAL_ERROR "${SNIPPET} does not compile, but not because of '${expected}'. The compiler says:\n${output}")
  endif()
else()
  message(FATAL_ERROR "${SNIPPET}: the first line is neither '// Error: REGEX' nor '// Compiles'")
endif()
