/**
 * Live pictures of cameras inside your own program.
 * @module
 */
export type { CameraState, OfflineReason } from './api/camera-state.ts'
export type { CameraStatus } from './api/camera-status.ts'
export { AtalayaError, type ErrorCode } from './api/errors.ts'
export type { CameraConfig, Config, ServerConfig, SourceConfig } from './config/config.ts'
export { ConfigError, type ConfigProblem } from './config/config-error.ts'
export type { ConfigObject } from './config/schema.ts'
export { createGateway, type Gateway, type GatewayOptions, VERSION } from './gateway.ts'
export type { Picture } from './media/picture.ts'
export type { RenditionRequest } from './media/rendition.ts'
export type { Log } from './telemetry/log.ts'
