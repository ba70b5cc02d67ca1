using System.Net.Security;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Transport;

/// <summary>What became of a handshake.</summary>
/// <param name="Stream">The connection; null when it was refused.</param>
/// <param name="Pin">The other end's; none when it showed nothing.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Refusal">Why it was refused.</param>
/// <param name="Reason">The same in words.</param>
internal readonly record struct SyncTlsResult(SslStream? Stream, CertificatePin Pin, SyncChannel Channel, SyncRefusal Refusal, string Reason);
