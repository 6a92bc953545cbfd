import type { trustZh } from "./zh-trust";

/** Words of the page on which a phone learns to trust the city's own certificate. */
export const trustEn: typeof trustZh = {
  trust: {
    title: "Let this device trust Gridwatch",
    lead: "A government network has no public certificates. Install the bureau's root certificate once: then you sign in safely, keep the page on the home screen, work without a signal, and may use location and camera.",
    system: { android: "Android", harmony: "HarmonyOS", ios: "iPhone / iPad", desktop: "Computer" },
    download: "Download the root certificate",
    steps: {
      android: [
        "Tap “Download the root certificate” and keep the file gridwatch.crt.",
        "Open Settings → Security → More security settings → Encryption & credentials → Install a certificate → CA certificate, choose “Install anyway”, then the file.",
        "The phone will warn that the network may be monitored; it does so for any root certificate.",
      ],
      harmony: [
        "Tap “Download the root certificate” and keep the file gridwatch.crt.",
        "Open Settings → Privacy & security → Advanced → Certificates & credentials → Install from storage, choose the file, and “CA certificate” as its use.",
      ],
      ios: [
        "Open this page in Safari, tap “Download the root certificate”, and choose Allow.",
        "Open Settings → Profile Downloaded → Install.",
        "Then open Settings → General → About → Certificate Trust Settings and switch this certificate on. Without this step it is not trusted.",
      ],
      desktop: [
        "Click “Download the root certificate”.",
        "Windows: double-click the file → Install Certificate → Local Machine → Trusted Root Certification Authorities. Linux: copy it to /usr/local/share/ca-certificates/ and run update-ca-certificates; in Firefox import it under Settings → Privacy & Security → View Certificates.",
        "Close the browser and open it again.",
      ],
    },
    compare: "Compare before you install",
    compareHint:
      "The name and the SHA-256 fingerprint that the device shows must be exactly those that your administrator gave you. If they differ, do not install it, and tell the administrator.",
    name: "Name of the certificate",
    fingerprint: "SHA-256 fingerprint",
    until: (day: string) => `Valid until ${day}`,
    open: "Installed: open the sign-in page",
    openHint: "When the sign-in page no longer says “not secure”, it worked.",
    none: "There is no certificate to install here",
    noneHint: "This service does not use a certificate of the bureau's own.",
  },
};
