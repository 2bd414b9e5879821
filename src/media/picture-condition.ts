/**
 * What a look at the decoded pictures says: all is well, nothing but black (a lid, a lamp that is off), or the same picture again and
 * again (a camera that hangs).
 */
export type PictureCondition = 'ok' | 'black' | 'frozen'
