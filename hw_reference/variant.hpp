// SPDX-License-Identifier: Apache-2.0
// The library exists twice: as it is, and with seeded defects for judging tests. The inline namespace keeps both apart
// when one program links both.
#pragma once

#ifdef HW_REFERENCE_DEFECTS
#define HW_REFERENCE_VARIANT with_defects
#else
#define HW_REFERENCE_VARIANT plain
#endif
