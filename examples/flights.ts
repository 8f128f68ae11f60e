import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'

/** Three columns of 200,000 real flights: arrays over the file's own bytes, nothing is copied. */
export interface Flights {
  /** Minutes. */
  readonly delay: Int16Array
  /** Miles. */
  readonly distance: Int16Array
  /** Hour of the day. */
  readonly time: Float32Array
}

/** Reads flights-200k.arrow of the package vega-datasets. */
export function readFlights(): Flights {
  const entry = createRequire(import.meta.url).resolve('vega-datasets')
  const table = tableFromIPC(readFileSync(join(dirname(entry), '..', 'data', 'flights-200k.arrow')))
  return {
    delay: table.getChild('delay')?.toArray(),
    distance: table.getChild('distance')?.toArray(),
    time: table.getChild('time')?.toArray(),
  }
}
