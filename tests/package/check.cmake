# Installs the build tree into an empty folder, builds outside/ against that folder alone, runs it and compares
# what it prints.
#
#   cmake -D BUILD=... -D WORK=... -D EXPECTED=... [-D OPTIONS=...] -P check.cmake
file(REMOVE_RECURSE ${WORK})
function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " line)
    message(FATAL_ERROR "${line}\nended with ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/outside -B ${WORK}/build -DCMAKE_PREFIX_PATH=${WORK}/prefix ${OPTIONS})
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/outside)
string(STRIP "${output}" output)
if(NOT output STREQUAL EXPECTED)
  message(FATAL_ERROR "outside printed\n${output}\nexpected\n${EXPECTED}")
endif()
