export { CorepoolError } from './errors/index.ts'
