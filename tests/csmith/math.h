/* What csmith's programs want of a libc's. */
#ifndef MATH_H
#define MATH_H

#define fabsf __builtin_fabsf
#define fabs __builtin_fabs

#endif
