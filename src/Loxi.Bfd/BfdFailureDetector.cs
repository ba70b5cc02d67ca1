using System.Net;
using Loxi.Bfd.Session;
using Loxi.Core.Failures;

namespace Loxi.Bfd;

/// <summary>The sessions of a speaker as what other libraries know of failures.</summary>
/// <param name="speaker">The speaker.</param>
/// <exception cref="ArgumentNullException"><paramref name="speaker"/> is null.</exception>
public sealed class BfdFailureDetector(BfdSpeaker speaker) : IFailureDetector
{
    private readonly BfdSpeaker _speaker = speaker ?? throw new ArgumentNullException(nameof(speaker));

    /// <inheritdoc />
    public IDisposable Subscribe(Action<PeerReachability> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return _speaker.Subscribe(change =>
        {
            if (StateOf(change.Transition) is { } state)
            {
                var peer = change.Session.PeerAddress;
                listener(new PeerReachability(
                    peer.IsIPv6LinkLocal ? new IPAddress(peer.GetAddressBytes()) : peer, change.Session.Interface, state, change.Transition.RemoteControlPlaneIndependent)
                {
                    IsTrusted = change.Transition.Authenticated
                        || change.Transition.Cause is BfdTransitionCause.DetectionTimeExpired or BfdTransitionCause.EchoFailed or BfdTransitionCause.PollExpired,
                });
            }
        });
    }

    /// <summary>RFC 5882 3.2: AdminDown on either side is no failure, nor is what was never up. Null: nothing is new.</summary>
    private static ReachabilityState? StateOf(in BfdTransition transition) => transition switch
    {
        { To: BfdState.Up } => ReachabilityState.Up,
        { To: BfdState.AdminDown } or { Cause: BfdTransitionCause.NeighborSignaledAdminDown } => ReachabilityState.Unknown,
        { From: BfdState.Up } => ReachabilityState.Down,
        _ => null,
    };
}
