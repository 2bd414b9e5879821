/**
 * Live pictures of cameras inside your own program.
 * @module
 */
export type { CameraState, OfflineReason } from './api/camera-state.ts'
export type { CameraStatus, StreamStatus } from './api/camera-status.ts'
export { AtalayaError, type ErrorCode } from './api/errors.ts'
export type { CameraSummary, GatewayEvent, GatewayNews } from './api/events.ts'
export type { PtzCommand } from './api/ptz.ts'
export type { ReloadedCameras, ReloadReport } from './api/reload.ts'
export { ConfigError, type ConfigProblem } from './config/config-error.ts'
export type { CameraObject, ConfigObject } from './config/schema.ts'
export type { MjpegStream } from './delivery/mjpeg-stream.ts'
export { VERSION } from './gateway.ts'
export type { Camera } from './library/camera.ts'
export { createGateway, type EventsOptions, type Gateway, type GatewayOptions } from './library/gateway.ts'
export { mjpegStream } from './library/mjpeg-stream.ts'
export { type OpenedCamera, openCamera } from './library/open-camera.ts'
export type { Picture } from './library/picture.ts'
export type { MjpegStreamOptions, PictureOptions, PictureSizeOptions, PicturesOptions } from './library/picture-options.ts'
export type { MultipartMode } from './media/multipart.ts'
export type { PtzPreset } from './onvif/ptz.ts'
export type { Log } from './telemetry/log.ts'
