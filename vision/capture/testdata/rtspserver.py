"""Serves one GStreamer pipeline (its payloader named pay0) as rtsp://127.0.0.1:PORT/live and prints PORT.

usage: rtspserver.py [--udp] PIPELINE [PORT [USER PASSWORD]]      PORT 0 picks a free one; --udp refuses TCP for pictures
"""
import ctypes, signal, sys
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: no server outlives its test.
Gst.init(None)
only_udp = sys.argv[1] == "--udp" and sys.argv.pop(1)
server = GstRtspServer.RTSPServer(address="127.0.0.1", service=sys.argv[2] if len(sys.argv) > 2 else "0")
media = GstRtspServer.RTSPMediaFactory(launch=sys.argv[1], shared=True)
if only_udp:
    media.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
if len(sys.argv) > 4:
    auth, token, allowed = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken(), GstRtspServer.RTSPPermissions()
    token.set_string("media.factory.role", "viewer")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(sys.argv[3], sys.argv[4]), token)
    allowed.add_permission_for_role("viewer", "media.factory.access", True)
    allowed.add_permission_for_role("viewer", "media.factory.construct", True)
    media.set_permissions(allowed)
    server.set_auth(auth)
server.get_mount_points().add_factory("/live", media)
if not server.attach(None):
    sys.exit("the port cannot be had")
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
