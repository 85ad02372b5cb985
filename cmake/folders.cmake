# One library a folder, so that a folder sees only what docs/architecture.md lets it include.

# Warnings and sanitizers, the same for every target of the project.
function(runnel_compile_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # std::stable_sort of g++ 12's library calls what the library itself calls deprecated. g++ still warns of ours.
    target_compile_options(${target} PRIVATE -Wno-deprecated-declarations)
  endif()
  if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # It takes a .cc file that others are compiled with for a header.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # std::string's insert and operator+, inlined, look to g++ 12 like copies of 2^63 bytes (GCC's bug 105329).
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
  # A product and a sum are rounded one by one wherever the source writes them so: the same numbers on
  # every machine. The kernels ask for fused operations by name.
  target_compile_options(${target} PRIVATE -ffp-contract=off)
  if(RUNNEL_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(RUNNEL_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${RUNNEL_SANITIZE} -fno-sanitize-recover=all
                                             -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${RUNNEL_SANITIZE})
  endif()
endfunction()

# runnel_folder(NAME [FOLDERS ...] [PRIVATE ...]): every .cc of runnel/NAME. FOLDERS are the folders of the
# library that it may include, PRIVATE the outside libraries that its sources (never its headers) use.
function(runnel_folder name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FOLDERS;PRIVATE")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  add_library(runnel_${name} STATIC ${sources})
  target_include_directories(runnel_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  foreach(folder IN LISTS arg_FOLDERS)
    target_link_libraries(runnel_${name} PUBLIC runnel_${folder})
  endforeach()
  target_link_libraries(runnel_${name} PRIVATE ${arg_PRIVATE})
  runnel_compile_options(runnel_${name})
  set_property(GLOBAL APPEND PROPERTY RUNNEL_FOLDERS runnel_${name})
endfunction()
