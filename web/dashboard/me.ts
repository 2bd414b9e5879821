/** Who looks at this page, as the gateway knows them. */
export interface Me {
  readonly name: string
  /** How they got in: `open` where nobody has to log in, `session` after a login. */
  readonly way: string
  readonly role: 'pictures' | 'viewer' | 'operator' | 'admin'
}

/** They may start, stop, move and examine cameras. */
export function mayOperate(me: Me | undefined): boolean {
  return me?.role === 'operator' || mayChange(me)
}

/** They may add, change and remove cameras. */
export function mayChange(me: Me | undefined): boolean {
  return me?.role === 'admin'
}
