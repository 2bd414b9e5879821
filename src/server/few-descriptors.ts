import type { Server } from 'node:http'
import { AtalayaError } from '../api/errors.ts'
import type { Descriptors } from '../lib/descriptors.ts'
import type { PrometheusMetrics } from '../telemetry/prometheus.ts'
import { endWithError } from './error-answers.ts'

/** Ends new connections at once while there is hardly a descriptor left, whatever they would ask: cameras need those. */
export function refuseWithoutDescriptors(
  server: Server,
  { descriptors, metrics }: { readonly descriptors: Descriptors; readonly metrics: PrometheusMetrics },
): void {
  server.on('connection', (socket) => {
    if (!descriptors.isUsedUp) {
      descriptors.opened()
      return
    }
    server.closeIdleConnections()
    metrics.refused('out_of_descriptors')
    endWithError(socket, new AtalayaError('out_of_descriptors'))
    socket.destroySoon()
  })
}
