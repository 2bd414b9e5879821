import * as z from 'zod'
import { BRAND_NAMES } from './brands.ts'
import { LATER_CAMERA_KEYS, RESERVED_KEYS } from './reserved-keys.ts'

/** What a camera may be called: it is part of web addresses, file names and metrics. */
export const CAMERA_ID = /^(?!__proto__$)[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/

/** Control characters, and the marks that turn the direction of text around (they can make a name look like another). */
export const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef]/u

const connect = () => oneOf(['always', 'on-demand'], 'Keep the connection to the camera always, or only while somebody looks.')
const width = () => wholeNumber(16, 8192, 'The picture fits into this width, in pixels; never larger than the camera sends.')
const height = () => wholeNumber(16, 8192, 'The picture fits into this height, in pixels; never larger than the camera sends.')
const fps = () => wholeNumber(1, 120, 'At most this many pictures a second.')
const quality = () => wholeNumber(1, 100, 'JPEG quality, 1 to 100.')

const rotate = () => {
  const error = 'must be 0, 90, 180 or 270'
  return wholeNumber(0, 270, 'Turns the picture clockwise by 90, 180 or 270 degrees.').refine(
    (angle) => !angle || angle % 90 === 0,
    { error },
  )
}
const flip = () => oneOf(['none', 'horizontal', 'vertical'], 'Mirrors the picture, after it was turned.')
const percent = (min: number, description: string) => wholeNumber(min, 100, description)
export const cropSchema = group(
  {
    left: percent(0, 'How much is cut off on the left, in per cent of the picture.'),
    top: percent(0, 'How much is cut off at the top.'),
    width: percent(1, 'How much of the width is kept.'),
    height: percent(1, 'How much of the height is kept.'),
  },
  'a group of left, top, width and height, in per cent of the picture',
)
const crop = () => cropSchema.optional().meta({ description: 'The part of the picture that is kept, in per cent.' })

export const tlsSchema = group(
  {
    verify: flag('false: any certificate is taken, so that whoever sits between can pose as the camera.'),
    fingerprint: text(100, 'SHA-256 of the one certificate that is taken, in hexadecimal digits.').refine(
      (digits) => digits === undefined || /^([0-9a-f]{2}:?){32}$/i.test(digits),
      { error: 'must be the 64 hexadecimal digits of a SHA-256, with or without colons' },
    ),
  },
  'a group of verify and fingerprint',
)
const tls = () =>
  tlsSchema.optional().meta({ description: 'How the certificate of a camera at rtsps:// or https:// is checked.' })

const capture = () =>
  group(
    {
      width: wholeNumber(16, 8192, 'The width in pixels that the camera is asked for.'),
      height: wholeNumber(16, 8192, 'The height in pixels that the camera is asked for.'),
      fps: wholeNumber(1, 240, 'The pictures a second that the camera is asked for.'),
      format: oneOf(['mjpeg', 'h264', 'yuyv'], 'The coding; without it the first of these that the camera has.'),
    },
    'a group of width, height, fps and format',
  )
    .optional()
    .meta({ description: 'What a USB camera is asked to give; it gives what comes nearest.' })

/** The settings of one camera, where it is more than a bare address. */
export const cameraSchema = group(
  {
    url: text(2000, 'The address: rtsp://…, http://…, srt://…, rtmp://…, file:…, 0 or /dev/video0, test:clock or test:smpte.'),
    rtsp: text(2000, 'The same as url.'),
    main: text(2000, 'The same as url, beside sub.'),
    sub: text(2000, 'The address of a smaller stream of the same camera, for those who ask for a small picture.'),
    ip: text(255, 'Where the camera is. Shown to people; also the host of an address that has none.'),
    brand: oneOf(BRAND_NAMES, 'The maker, from which the addresses of the streams follow, and how the camera is moved.'),
    host: text(255, 'Where the camera of that brand is: a host name or an IP address.'),
    port: wholeNumber(1, 65_535, 'The TCP port of its stream, where it is not the usual one of the brand.'),
    httpPort: wholeNumber(1, 65_535, 'The TCP port of its web pages, where it is not 80. Also that of transport: http.'),
    channel: wholeNumber(1, 256, 'Which camera of a recorder with several, from 1 on.'),
    stream: oneOf(['main', 'sub'], 'The only stream that is used of that brand; without it both are.'),
    onvif: onvifPort('The camera is moved by ONVIF: true, or the TCP port of its ONVIF service.'),
    user: text(255, 'Who logs in at the camera. Wins over the user in the address.'),
    password: text(255, 'Their password. Wins over the password in the address.'),
    transport: oneOf(
      ['auto', 'tcp', 'udp', 'http'],
      'How video travels by RTSP: auto is TCP, and UDP where the camera refuses that; http is RTSP inside HTTP, or HTTPS at rtsps://.',
    ),
    tls: tls(),
    ingest: oneOf(['libav'], 'libav: received by libav in place of our own RTSP client.'),
    capture: capture(),
    name: text(100, 'What people call it.'),
    connect: connect(),
    default: flag('Served at /video and /snapshot. Without it the first camera is.'),
    width: width(),
    height: height(),
    fps: fps(),
    quality: quality(),
    rotate: rotate(),
    flip: flip(),
    crop: crop(),
  },
  'an address or a group of settings',
)

export const proxyAuthSchema = group(
  {
    secret: text(500, 'What the proxy sends in X-Atalaya-Proxy-Secret: 16 characters or more.'),
    user: text(100, 'The header in which it names the user.'),
    groups: text(100, 'The header in which it lists the groups of the user.'),
    viewers: listOfText('Groups whose members see everything; * is everybody whom the proxy lets through.'),
    operators: listOfText('Groups whose members may also stop, start and move cameras.'),
    admins: listOfText('Groups whose members may do everything.'),
  },
  'a group of secret, user, groups, viewers, operators and admins',
)

export const oidcSchema = group(
  {
    issuer: text(1000, 'The https:// address of the identity provider.'),
    clientId: text(500, 'What the provider calls this gateway.'),
    clientSecret: text(500, 'The secret shared with the provider.'),
    scope: text(500, 'What is asked for: openid and more.'),
    name: text(100, 'The claim with the name of a person.'),
    groups: text(100, 'The claim with the groups of a person.'),
    viewers: listOfText('Groups whose members see everything; * is everybody who can log in there.'),
    operators: listOfText('Groups whose members may also stop, start and move cameras.'),
    admins: listOfText('Groups whose members may do everything.'),
  },
  'a group of issuer, clientId, clientSecret, scope, name, groups, viewers, operators and admins',
)

/** The group `auth`. */
export const authSchema = group(
  {
    viewers: listOfText('Addresses and networks whose people see everything and change nothing, without logging in.'),
    users: text(1000, 'The file of users and keys.'),
    basic: flag('true: old clients may send a name and a password with each request.'),
    proxy: proxyAuthSchema.optional().meta({ description: 'A trusted proxy in front says who asks.' }),
    oidc: oidcSchema.optional().meta({ description: 'People log in at an identity provider (OpenID Connect).' }),
  },
  'none, or a group of viewers, users, basic, proxy and oidc',
)

/** The group `tls`. */
export const serverTlsSchema = group(
  {
    certificate: text(1000, 'The file of the certificate, in PEM, with those between it and the authority.'),
    key: text(1000, 'The file of its private key, in PEM.'),
    hsts: flag('false: browsers are not told to come by TLS only from now on.'),
  },
  'self-signed, or a group of certificate, key and hsts',
)

const settings = {
  server: group({
    host: text(255, 'The address to listen on.'),
    port: wholeNumber(0, 65_535, 'The TCP port; 0 takes any that is free.'),
    names: listOfText('Further host names under which people reach the gateway.'),
  }).optional(),
  defaults: group({
    connect: connect(),
    width: width(),
    height: height(),
    fps: fps(),
    quality: quality(),
    rotate: rotate(),
    flip: flip(),
    crop: crop(),
  }).optional(),
  auth: z
    .union([z.literal('none'), authSchema])
    .optional()
    .meta({
      description: 'Who gets in beside the users. none: nobody has to log in, whoever reaches the port sees every camera.',
    }),
  tls: z
    .union([z.literal('self-signed'), serverTlsSchema])
    .optional()
    .meta({ description: 'TLS and HTTP/2. self-signed: with a certificate of its own making, for a lab.' }),
  cors: group({
    origins: listOfText('Origins of other pages that may change things here, such as https://lab.example.'),
  }).optional(),
  limits: group({
    viewers: wholeNumber(1, 100_000, 'Viewers at one time, all cameras together.'),
    viewersPerCamera: wholeNumber(1, 100_000, 'Viewers of one camera at one time.'),
    viewersPerAddress: wholeNumber(
      1,
      100_000,
      'Viewers at one IP address at one time; without it as many as there may be at all.',
    ),
    cameras: wholeNumber(1, 100_000, 'Cameras up to which the API may add any.'),
  }).optional(),
  basePath: text(200, 'The path under which a proxy shows the gateway, such as /cameras.'),
  trustedProxies: listOfText('Addresses and networks of proxies whose word on who asks counts, such as 127.0.0.1.'),
  destinations: listOfText(
    'Addresses and networks where the API may add cameras although they are refused otherwise, such as 127.0.0.1.',
  ),
  engine: oneOf(
    ['auto', 'node-av', 'ffmpeg'],
    'What decodes pictures: libav by node-av, an installed ffmpeg command, or the first of these that works.',
  ),
  offline: oneOf(
    ['notice', 'last-picture', 'close'],
    'What viewers see of an offline camera: a notice on its last picture, that picture alone, or the end of their stream.',
  ),
  language: oneOf(['en', 'es'], 'The language of pages and answers. Without it each reader gets their own.'),
}

/** Everything but the cameras, which are checked one by one. */
export const settingsSchema = group({
  ...settings,
  auth: z.unknown().optional(),
  tls: z.unknown().optional(),
  cameras: z.unknown().optional(),
})

const configSchema = z.strictObject({
  ...settings,
  cameras: z.record(
    z.string().regex(CAMERA_ID),
    z.union([
      z.string().meta({
        description: 'The address: rtsp://…, http://…, srt://…, rtmp://…, file:…, 0 or /dev/video0, test:clock or test:smpte.',
      }),
      cameraSchema,
    ]),
  ),
})

/** A configuration as the file holds it, or as a program passes it. Numeric camera ids come first in a JavaScript object. */
export type ConfigObject = z.output<typeof configSchema>
/** One camera of a {@link ConfigObject}, where it is more than an address. */
export type CameraObject = z.output<typeof cameraSchema>
/** A {@link ConfigObject} without its cameras. */
export type SettingsObject = Omit<ConfigObject, 'cameras'>

/** The JSON Schema (draft 2020-12) of the configuration file, for completion and checks in editors. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, {
    io: 'output',
    override: ({ jsonSchema }) => {
      const type = jsonSchema.type
      if (type !== 'integer' && type !== 'boolean') return
      const { description, ...plain } = { ...jsonSchema }
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
      Object.assign(jsonSchema, { description, anyOf: [plain, { type: 'string', pattern: '^\\$\\{.+\\}$' }] })
    },
  })
  return { ...schema, title: 'Atalaya configuration' }
}

/**
 * Every key that a configuration file may hold, in dotted form (`server.port`, `cameras.<id>.url`): those that work, and
 * those that are known but reserved for later versions.
 */
export function configKeys(): { working: string[]; reserved: string[] } {
  const working: string[] = []
  for (const [key, schema] of Object.entries(settings)) {
    const inner = schema.unwrap()
    if (inner instanceof z.ZodObject) for (const name of Object.keys(inner.shape)) working.push(`${key}.${name}`)
    else working.push(key)
  }
  for (const name of Object.keys(authSchema.shape)) if (name !== 'proxy' && name !== 'oidc') working.push(`auth.${name}`)
  for (const name of Object.keys(proxyAuthSchema.shape)) working.push(`auth.proxy.${name}`)
  for (const name of Object.keys(oidcSchema.shape)) working.push(`auth.oidc.${name}`)
  for (const name of Object.keys(serverTlsSchema.shape)) working.push(`tls.${name}`)
  for (const name of Object.keys(cameraSchema.shape)) working.push(`cameras.<id>.${name}`)
  const later = Object.keys(LATER_CAMERA_KEYS).map((key) => `cameras.<id>.${key}`)
  return { working, reserved: [...Object.keys(RESERVED_KEYS), ...later] }
}

function group<Shape extends z.ZodRawShape>(shape: Shape, what = 'a group of settings') {
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : `must be ${what}`) })
}

function text(max: number, description: string) {
  const error = `must be text of at most ${max} characters on one line`
  return z
    .string({ error })
    .max(max, { error })
    .refine((value) => !UNPRINTABLE.test(value), { error: 'holds a line break or another invisible character' })
    .optional()
    .meta({ description })
}

function listOfText(description: string) {
  const item = z.string({ error: 'must be text' }).max(255, { error: 'must be text of at most 255 characters' })
  return z.array(item, { error: 'must be a list, such as [one, two]' }).optional().meta({ description })
}

function oneOf<const Words extends readonly [string, ...string[]]>(words: Words, description: string) {
  return z
    .enum(words, { error: `must be ${words.join(' or ')}` })
    .optional()
    .meta({ description })
}

/** Scalars of a file are text until here, so that nothing is lost of a password that looks like a number. */
function wholeNumber(min: number, max: number, description: string) {
  const error = `must be a whole number from ${min} to ${max}`
  const number = z.int({ error }).min(min, { error }).max(max, { error })
  const fromText = (value: unknown) => (typeof value === 'string' && /^(0|[1-9]\d{0,8})$/.test(value) ? Number(value) : value)
  return z.preprocess(fromText, number).optional().meta({ description })
}

function onvifPort(description: string) {
  const error = 'must be true, false or a port from 1 to 65535'
  const fromText = (value: unknown) =>
    value === 'true'
      ? true
      : value === 'false'
        ? false
        : typeof value === 'string' && /^[1-9]\d{0,4}$/.test(value)
          ? +value
          : value
  return z
    .preprocess(fromText, z.union([z.boolean(), z.int().min(1).max(65_535)], { error }))
    .optional()
    .meta({ description })
}

function flag(description: string) {
  const fromText = (value: unknown) => (value === 'true' ? true : value === 'false' ? false : value)
  return z
    .preprocess(fromText, z.boolean({ error: 'must be true or false' }))
    .optional()
    .meta({ description })
}
