using System.Net;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Transport;

/// <summary>Says who may connect, and takes who has. From any thread.</summary>
internal interface ISyncAdmission
{
    /// <summary>The peer that has a pin; null for none.</summary>
    byte? PeerOf(CertificatePin pin);

    /// <summary>Whether a peer connects to this node, and not the other way round.</summary>
    bool IsCaller(byte peer);

    /// <summary>Whether an address is one of a peer's. It proves nothing, and strangers do not take its place.</summary>
    bool IsAddressOfPeer(IPAddress address);

    /// <summary>Takes a connection; closes one whose pin is no longer the peer's.</summary>
    Task AttachAsync(SyncConnection connection);

    /// <summary>A connection was refused, or not made.</summary>
    /// <param name="peer">The peer; null for a stranger.</param>
    /// <param name="channel">The channel; null where it is not known.</param>
    /// <param name="refusal">Why.</param>
    /// <param name="remote">Where the other end is.</param>
    /// <param name="reason">Why, in words.</param>
    void Refused(byte? peer, SyncChannel? channel, SyncRefusal refusal, string remote, string reason);
}
