using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Transport;

/// <summary>TLS 1.3 by certificates that both ends pin. The channel is the application protocol (ALPN): so it is known before the first frame.</summary>
internal sealed class SyncTls
{
    private static readonly SslApplicationProtocol Live = new("loxi-sync-live");
    private static readonly SslApplicationProtocol Bulk = new("loxi-sync-bulk");

    private readonly SslStreamCertificateContext _certificate;

    /// <param name="certificate">With its key.</param>
    public SyncTls(X509Certificate2 certificate) => _certificate = SslStreamCertificateContext.Create(certificate, null, offline: true);

    /// <summary>Longest time of a handshake.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Answers a handshake.</summary>
    /// <param name="stream">The other end; disposed unless it is accepted.</param>
    /// <param name="isTrusted">Whether a pin is that of a peer.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<SyncTlsResult> AcceptAsync(Stream stream, Func<CertificatePin, bool> isTrusted, CancellationToken cancellation) => ShakeAsync(
        stream,
        isTrusted,
        null,
        (ssl, validate) => ssl.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = _certificate,
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls13,
                ApplicationProtocols = [Live, Bulk],

                // Who connects shows its certificate each time: one that is revoked must not come back by a ticket.
                AllowTlsResume = false,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                CertificateChainPolicy = NoChain(),
                RemoteCertificateValidationCallback = validate,
            },
            cancellation));

    /// <summary>Begins a handshake.</summary>
    /// <param name="stream">The other end; disposed unless it is who it should be.</param>
    /// <param name="channel">For which channel.</param>
    /// <param name="isTrusted">Whether a pin is that of the peer.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<SyncTlsResult> ConnectAsync(Stream stream, SyncChannel channel, Func<CertificatePin, bool> isTrusted, CancellationToken cancellation) => ShakeAsync(
        stream,
        isTrusted,
        channel,
        (ssl, validate) => ssl.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "",
                ClientCertificateContext = _certificate,
                EnabledSslProtocols = SslProtocols.Tls13,
                ApplicationProtocols = [channel == SyncChannel.Live ? Live : Bulk],
                AllowTlsResume = false,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                CertificateChainPolicy = NoChain(),
                RemoteCertificateValidationCallback = validate,
            },
            cancellation));

    private static async Task<SyncTlsResult> ShakeAsync(Stream stream, Func<CertificatePin, bool> isTrusted, SyncChannel? wanted, Func<SslStream, RemoteCertificateValidationCallback, Task> shake)
    {
        CertificatePin pin = default;
        var (isAsked, isPinned) = (false, false);
        var ssl = new SslStream(stream, leaveInnerStreamOpen: false);
        SyncTlsResult result;
        try
        {
            await shake(ssl, (_, certificate, _, _) =>
            {
                isAsked = true;

                // The pin alone decides: no authority has signed it, and dates and names do not count.
                pin = certificate is X509Certificate2 shown ? CertificatePin.Of(shown) : default;
                isPinned = certificate is not null && isTrusted(pin);
                return isPinned;
            }).ConfigureAwait(false);
            var protocol = ssl.NegotiatedApplicationProtocol;
            var channel = protocol == Live ? SyncChannel.Live : SyncChannel.Bulk;
            if ((protocol == Live || protocol == Bulk) && (wanted is null || wanted == channel))
            {
                return new SyncTlsResult(ssl, pin, channel, SyncRefusal.None, "");
            }

            result = new SyncTlsResult(null, pin, default, SyncRefusal.WrongProtocol, $"the application protocol is '{protocol}', expected {Live} or {Bulk}");
        }
        catch (OperationCanceledException)
        {
            result = new SyncTlsResult(null, pin, default, SyncRefusal.TimedOut, "the TLS handshake took too long");
        }
#pragma warning disable CA1031 // What comes is a stranger's: whatever it leads to ends this connection alone.
        catch (Exception e)
#pragma warning restore CA1031
        {
            result = !isAsked || isPinned ? new SyncTlsResult(null, pin, default, SyncRefusal.TlsFailed, $"the TLS handshake failed: {(e.InnerException ?? e).Message}")
                : pin == default ? new SyncTlsResult(null, pin, default, SyncRefusal.NoCertificate, "it has no certificate")
                : new SyncTlsResult(null, pin, default, SyncRefusal.NotPinned, $"its certificate has the pin {pin}, which is not that of {(wanted is null ? "any peer" : "the peer")}");
        }

        await ssl.DisposeAsync().ConfigureAwait(false);
        return result;
    }

    /// <summary>A chain is built before anybody is asked: nothing may be fetched for it.</summary>
    private static X509ChainPolicy NoChain() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
    };
}
