# cmake --install: the library, its headers, the command and a CMake package, so that another project writes
#
#   find_package(runnel REQUIRED)
#   target_link_libraries(app PRIVATE runnel::runnel)
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/runnel)

install(TARGETS runnel EXPORT runnelTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
# Every header under its path in the tree; *-inl.h are parts of a .cc file.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/runnel DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h" PATTERN "*-inl.h" EXCLUDE)
install(EXPORT runnelTargets NAMESPACE runnel:: DESTINATION ${package_dir})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/runnelConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/runnelConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/runnelConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/runnelConfig.cmake ${PROJECT_BINARY_DIR}/runnelConfigVersion.cmake
        DESTINATION ${package_dir})

if(TARGET runnel_cli)
  install(TARGETS runnel_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
