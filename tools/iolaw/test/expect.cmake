# SPDX-License-Identifier: Apache-2.0
# Runs a command line and checks how it ends: cmake -DCOMMAND="a;b" -DEXIT=65 [-DSAYS=regex] -P expect.cmake
execute_process(COMMAND ${COMMAND} RESULT_VARIABLE exit OUTPUT_VARIABLE out ERROR_VARIABLE err)
if(NOT exit STREQUAL "${EXIT}")
  message(FATAL_ERROR "exit code ${exit}, expected ${EXIT}\n${out}${err}")
endif()
if(SAYS AND NOT "${out}${err}" MATCHES "${SAYS}")
  message(FATAL_ERROR "does not say: ${SAYS}\n${out}${err}")
endif()
