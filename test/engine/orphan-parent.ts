/** A program that starts engines, says which, and then waits to be killed. */
import { EnginePool } from '../../src/engine/engine-pool.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'

const pool = new EnginePool(SILENT_LOG)
const pattern = { pattern: 'clock', name: 'parent', width: 320, height: 180, fps: 25 } as const
await pool.openGenerator(pattern, { packet: () => undefined, failed: () => undefined })
console.log(JSON.stringify(pool.pids))
setInterval(() => undefined, 1000)
