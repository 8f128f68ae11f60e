/** What reduces in this program. */
import { binding } from '../../native/index.ts'
import { nativeReducer } from './native-reducer.ts'
import { plainReducer } from './plain-reducer.ts'
import type { ReducerEngine } from './reducer-engine.ts'

export const reducer: ReducerEngine = binding === null ? plainReducer : nativeReducer(binding)
