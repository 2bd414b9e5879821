import type { DiagnosisStepName } from '../../api/diagnosis.ts'
import type { Obstacle } from './obstacle.ts'

interface DiagnosisWords {
  /** Each step that went well; `open`: nobody was asked to log in. */
  readonly passed: Readonly<Record<DiagnosisStepName | 'open' | 'live', string>>
  readonly obstacles: Readonly<Record<Obstacle, { readonly message: string; readonly advice: string }>>
}

/** What the doctor says. HOST, PORT, VIDEO and CAUSE stand for what was found. */
export const DIAGNOSIS_WORDS: Readonly<Record<'en' | 'es', DiagnosisWords>> = {
  en: {
    passed: {
      name: 'HOST was found.',
      connection: 'Port PORT answers.',
      protocol: 'The camera speaks the expected protocol.',
      login: 'The user and the password are accepted.',
      open: 'The camera asks for no password.',
      stream: 'There is a stream at this address.',
      codec: 'The stream is one that can be shown: VIDEO',
      keyframe: 'Video comes in.',
      picture: 'A picture was made of it.',
      live: 'The camera is live; it was not asked again.',
    },
    obstacles: {
      unknown_name: { message: 'The name HOST is not known.', advice: 'Check how it is written, or write its IP address.' },
      not_permitted: {
        message: 'Cameras that are added here may not be at this address. CAUSE',
        advice: 'If it is right, permit it under destinations: in the configuration, or write the camera there.',
      },
      port_closed: {
        message: 'HOST answers, but not at port PORT.',
        advice: 'Check the port (RTSP is usually 554, HTTP 80) and that this service is on in the settings of the camera.',
      },
      silent_host: {
        message: 'HOST does not answer at all.',
        advice: 'Check the address, the power and the cable of the camera, and that no firewall or VLAN is between.',
      },
      web_server: {
        message: 'What answers at port PORT is a web page, not a stream.',
        advice: 'Use the RTSP port of the camera, usually 554, and not that of its web pages.',
      },
      other_protocol: {
        message: 'What answers at port PORT does not behave like a camera. CAUSE',
        advice: 'Check the port; if it is right, restart the camera.',
      },
      untrusted: {
        message: 'The certificate of the camera is not trusted. CAUSE',
        advice: 'Write its fingerprint under tls:, as docs/configuration.md shows.',
      },
      login_missing: {
        message: 'The camera wants a login, and none is configured.',
        advice: 'Write user: and password: beside its address.',
      },
      login_refused: {
        message: 'The camera does not accept the user or the password.',
        advice:
          'Check both. Many cameras lock an account after a few wrong passwords: then wait some minutes before another try.',
      },
      no_such_stream: {
        message: 'The camera is there, but it has no stream at this address.',
        advice:
          'Check the path, or write brand: and host: instead of the address: docs/cameras.md lists the paths of the makers.',
      },
      busy: {
        message: 'The camera has no free session.',
        advice: 'Close other viewers of it (apps, recorders, a gateway that runs): let one program hold the camera.',
      },
      codec: { message: 'The stream cannot be shown. CAUSE', advice: 'Set the stream to H.264 in the settings of the camera.' },
      no_pictures: {
        message: 'What comes from this address is no picture. CAUSE',
        advice: 'Write the address of its pictures: docs/cameras.md lists those of the makers.',
      },
      no_video: {
        message: 'The camera is connected but sends no video.',
        advice: 'Restart the camera, or try its other stream.',
      },
      stream_ended: { message: 'The camera ended the stream. CAUSE', advice: 'Try again; if it stays so, restart the camera.' },
      undecodable: {
        message: 'Video comes in, but no picture could be made of it.',
        advice: 'Set the stream to H.264 with an I-frame interval of 1–2 s, and check the network for losses.',
      },
      no_engine: {
        message: 'Pictures cannot be decoded on this machine. CAUSE',
        advice: 'Install the optional dependencies again.',
      },
      other: { message: 'No picture came. CAUSE', advice: 'Look at docs/errors.md, and restart the camera.' },
    },
  },
  es: {
    passed: {
      name: 'Se encontró HOST.',
      connection: 'El puerto PORT responde.',
      protocol: 'La cámara habla el protocolo esperado.',
      login: 'El usuario y la contraseña son válidos.',
      open: 'La cámara no pide contraseña.',
      stream: 'Hay un flujo en esta dirección.',
      codec: 'El flujo se puede mostrar: VIDEO',
      keyframe: 'Llega vídeo.',
      picture: 'Se obtuvo una imagen.',
      live: 'La cámara está en vivo; no se le preguntó de nuevo.',
    },
    obstacles: {
      unknown_name: { message: 'El nombre HOST no se conoce.', advice: 'Revise cómo está escrito, o ponga su dirección IP.' },
      not_permitted: {
        message: 'Las cámaras que se añaden aquí no pueden estar en esta dirección. CAUSE',
        advice: 'Si es correcta, permítala con destinations: en la configuración, o escriba la cámara allí.',
      },
      port_closed: {
        message: 'HOST responde, pero no en el puerto PORT.',
        advice: 'Revise el puerto (RTSP suele ser 554, HTTP 80) y que ese servicio esté activo en los ajustes de la cámara.',
      },
      silent_host: {
        message: 'HOST no responde.',
        advice: 'Revise la dirección, la corriente y el cable de la cámara, y que no haya un cortafuegos o una VLAN en medio.',
      },
      web_server: {
        message: 'En el puerto PORT responde una página web, no un flujo.',
        advice: 'Use el puerto RTSP de la cámara, que suele ser 554, y no el de sus páginas web.',
      },
      other_protocol: {
        message: 'Lo que responde en el puerto PORT no se comporta como una cámara. CAUSE',
        advice: 'Revise el puerto; si es el correcto, reinicie la cámara.',
      },
      untrusted: {
        message: 'El certificado de la cámara no es de confianza. CAUSE',
        advice: 'Escriba su huella en tls:, como muestra docs/configuration.es.md.',
      },
      login_missing: {
        message: 'La cámara pide un usuario, y no hay ninguno configurado.',
        advice: 'Escriba user: y password: junto a su dirección.',
      },
      login_refused: {
        message: 'La cámara no acepta el usuario o la contraseña.',
        advice: 'Revise ambos. Muchas cámaras bloquean la cuenta tras varios intentos: espere unos minutos antes de otro.',
      },
      no_such_stream: {
        message: 'La cámara está, pero no tiene ningún flujo en esta dirección.',
        advice:
          'Revise la ruta, o escriba brand: y host: en lugar de la dirección: docs/cameras.es.md da las rutas de cada marca.',
      },
      busy: {
        message: 'La cámara no tiene ninguna sesión libre.',
        advice: 'Cierre sus otros espectadores (aplicaciones, grabadores, otra pasarela): que un solo programa tenga la cámara.',
      },
      codec: { message: 'El flujo no se puede mostrar. CAUSE', advice: 'Ponga el flujo en H.264 en los ajustes de la cámara.' },
      no_pictures: {
        message: 'Lo que llega de esta dirección no es una imagen. CAUSE',
        advice: 'Escriba la dirección de sus imágenes: docs/cameras.es.md da las de cada marca.',
      },
      no_video: {
        message: 'La cámara está conectada pero no envía vídeo.',
        advice: 'Reinicie la cámara, o pruebe con su otro flujo.',
      },
      stream_ended: {
        message: 'La cámara terminó el flujo. CAUSE',
        advice: 'Pruebe otra vez; si sigue así, reinicie la cámara.',
      },
      undecodable: {
        message: 'Llega vídeo, pero no se pudo obtener ninguna imagen.',
        advice: 'Ponga el flujo en H.264 con un intervalo de fotogramas I de 1–2 s, y revise si la red pierde paquetes.',
      },
      no_engine: {
        message: 'En este equipo no se pueden decodificar imágenes. CAUSE',
        advice: 'Instale otra vez las dependencias opcionales.',
      },
      other: { message: 'No llegó ninguna imagen. CAUSE', advice: 'Consulte docs/errors.md, y reinicie la cámara.' },
    },
  },
}
