/** What can handle pixels: libav through the optional dependency node-av, or an installed `ffmpeg` command. */
export type EngineName = (typeof ENGINE_NAMES)[number]

export const ENGINE_NAMES = ['node-av', 'ffmpeg'] as const
