/** What `npm start` runs: the tutorial's two programs, then the batch job. */
await import('./square-and-cube.ts')
await import('./process-ids.ts')
await import('./batch-job.ts')
