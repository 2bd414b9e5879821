import type { ViewName, ViewReason } from './camera-view.ts'

/** All that an element says to people. */
export interface Words {
  readonly states: Readonly<Record<Exclude<ViewName, 'live' | 'paused'>, string>>
  readonly reasons: Readonly<Record<ViewReason, string>>
  /** A camera without a name that is known. */
  readonly camera: (id: string) => string
  readonly since: (time: string) => string
  readonly live: string
  readonly photo: string
  readonly fullScreen: string
  readonly start: string
}

/** The words of the language of this tag, such as `es-GT`: Spanish, or English for all others. */
export function wordsOf(language: string): Words {
  return /^es\b/i.test(language) ? ES : EN
}

/** English. */
export const EN: Words = {
  states: {
    loading: 'Connecting …',
    offline: 'No signal',
    stopped: 'On hold',
    forbidden: 'Not allowed here',
    missing: 'No such camera',
  },
  reasons: {
    refused: 'The camera refuses the connection. Is its address right?',
    unreachable: 'The camera does not answer. Has it power and network?',
    unplugged: 'The USB camera is not plugged in.',
    stalled: 'The camera is connected but sends no video.',
    closed: 'The camera ended the stream.',
    'auth-failed': 'The camera does not accept the user or the password.',
    busy: 'The camera has no free session: another program uses it.',
    'stream-not-found': 'The camera has no stream at this address.',
    untrusted: 'The certificate of the camera is not trusted.',
    unsupported: 'The stream is of a kind that cannot be shown.',
    'protocol-error': 'The camera answers with something that is not understood.',
    quarantined: 'The stream crashes the decoder. It is tried again later.',
    'engine-unavailable': 'The gateway cannot decode pictures on its machine.',
    'internal-error': 'A fault of the gateway: its log has the details.',
    'gateway-unreachable': 'The gateway does not answer. This page comes back with it.',
    'too-many-viewers': 'Too many people are watching already.',
    'viewer-closed': 'Whoever runs the gateway ended this view. Load the page again.',
    'forbidden-origin': 'Add the address of this page to cors.origins of the gateway.',
    'login-required': 'Log in to the gateway, then load this page again.',
    'mixed-content': 'This page is https and the gateway is http: browsers block that. Put the gateway behind https.',
    'no-camera': 'The gateway has no camera with this id.',
  },
  camera: (id) => `Camera ${id}`,
  since: (time) => `since ${time}`,
  live: 'live',
  photo: 'Save picture',
  fullScreen: 'Full screen',
  start: 'Start',
}

/** Spanish. */
export const ES: Words = {
  states: {
    loading: 'Conectando …',
    offline: 'Sin señal',
    stopped: 'En pausa',
    forbidden: 'Aquí no se permite',
    missing: 'No existe esa cámara',
  },
  reasons: {
    refused: 'La cámara rechaza la conexión. ¿Es correcta su dirección?',
    unreachable: 'La cámara no responde. ¿Tiene corriente y red?',
    unplugged: 'La cámara USB no está conectada.',
    stalled: 'La cámara está conectada pero no envía video.',
    closed: 'La cámara terminó la transmisión.',
    'auth-failed': 'La cámara no acepta el usuario o la contraseña.',
    busy: 'La cámara no tiene sesiones libres: la usa otro programa.',
    'stream-not-found': 'La cámara no tiene ningún flujo en esta dirección.',
    untrusted: 'El certificado de la cámara no es de confianza.',
    unsupported: 'El flujo es de un tipo que no se puede mostrar.',
    'protocol-error': 'La cámara responde algo que no se entiende.',
    quarantined: 'El flujo hace fallar el decodificador. Se intentará más tarde.',
    'engine-unavailable': 'La pasarela no puede decodificar imágenes en su máquina.',
    'internal-error': 'Un fallo de la pasarela: su registro tiene los detalles.',
    'gateway-unreachable': 'La pasarela no responde. Esta página vuelve con ella.',
    'too-many-viewers': 'Ya hay demasiada gente mirando.',
    'viewer-closed': 'Quien administra la pasarela terminó esta vista. Vuelva a cargar la página.',
    'forbidden-origin': 'Añada la dirección de esta página a cors.origins de la pasarela.',
    'login-required': 'Inicie sesión en la pasarela y vuelva a cargar esta página.',
    'mixed-content': 'Esta página es https y la pasarela es http: los navegadores lo impiden. Ponga la pasarela detrás de https.',
    'no-camera': 'La pasarela no tiene ninguna cámara con este id.',
  },
  camera: (id) => `Cámara ${id}`,
  since: (time) => `desde ${time}`,
  live: 'en vivo',
  photo: 'Guardar imagen',
  fullScreen: 'Pantalla completa',
  start: 'Iniciar',
}
