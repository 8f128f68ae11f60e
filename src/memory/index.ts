/** The one entry of the layer that knows typed arrays: their dtypes, and what one is at this moment. */
export {
  dtypeByName,
  dtypeNames,
  dtypeOf,
  isNumericArray,
  type Arrays,
  type DType,
  type DTypeInfo,
  type NumericArray,
} from './dtype.ts'
export { isMovedTo, moveBuffer, moveOf, type Moves } from './move.ts'
export { define, isDefinable, slots } from './slots.ts'
export {
  allocate,
  checkFit,
  coincide,
  copyElements,
  isAsViewed,
  lengthOf,
  overlap,
  ownMemoryOf,
  viewAs,
  viewOf,
  type ArrayView,
} from './view.ts'
