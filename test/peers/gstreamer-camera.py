"""GStreamer's RTSP server as a camera. Reads one JSON line of settings from standard input:

    {"mounts": {"/live": "videotestsrc is-live=true ! ... ! rtph264pay name=pay0"},
     "user": "...", "password": "...", "auth": "basic" | "digest", "protocols": "udp",
     "certificate": "...PEM, with its key: RTSP over TLS"}

Prints its port as a JSON line, answers each further line with the number of sessions, and ends when its input ends.
"""
import json
import sys
import threading

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstRtsp', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

ROLE = 'viewer'


def main():
    settings = json.loads(sys.stdin.readline())
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address('127.0.0.1')
    server.set_service('0')
    if settings.get('user') or settings.get('certificate'):
        server.set_auth(make_auth(settings))
    for path, launch in settings['mounts'].items():
        server.get_mount_points().add_factory(path, make_factory(launch, settings.get('protocols')))
    if server.attach(None) == 0:
        raise SystemExit('the RTSP server cannot listen')
    loop = GLib.MainLoop()
    threading.Thread(target=answer, args=(server, loop), daemon=True).start()
    print(json.dumps({'port': server.get_bound_port()}), flush=True)
    loop.run()


def make_factory(launch, protocols):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f'( {launch} )')
    factory.set_shared(True)
    if protocols == 'udp':
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    permissions = GstRtspServer.RTSPPermissions()
    for permission in ('media.factory.access', 'media.factory.construct'):
        permissions.add_permission_for_role(ROLE, permission, True)
    factory.set_permissions(permissions)
    return factory


def make_auth(settings):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string('media.factory.role', ROLE)
    if settings.get('certificate'):
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_pem(settings['certificate'], -1))
    if not settings.get('user'):
        auth.set_default_token(token)
    elif settings.get('auth') == 'basic':
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(settings['user'], settings['password']), token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(settings['user'], settings['password'], token)
    return auth


def answer(server, loop):
    for _ in sys.stdin:
        print(json.dumps({'sessions': server.get_session_pool().get_n_sessions()}), flush=True)
    loop.quit()


main()
