/** Math as it was when the package was imported: a program that replaces its functions later does not change a kernel's values. */
export const ownMath: Math = Object.create(null, Object.getOwnPropertyDescriptors(Math))
