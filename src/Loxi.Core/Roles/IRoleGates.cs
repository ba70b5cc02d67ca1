using System.Net;

namespace Loxi.Core.Roles;

/// <summary>
/// What the role of this node in a VIP group lets the data plane do. A group without gates is forwarded always, as on a node alone. A group
/// with gates is forwarded, and gets new connections, only until a moment that must be moved on again and again: when whoever decides stops,
/// the data plane does too.
/// </summary>
/// <remarks>
/// Moments are times of CLOCK_MONOTONIC, the time since the machine started. Methods may be called from any thread, but not after the data
/// plane has been disposed. Gates and redirects outlive the process with the tables.
/// </remarks>
public interface IRoleGates
{
    /// <summary>Puts a group under gates. They are closed until <see cref="Refresh"/>; those of a group that has gates already stay as they are.</summary>
    /// <param name="group">Name of the VIP group.</param>
    /// <param name="sharedLink">Whether its VIPs are on a link that nodes share: then new connections need the second gate too.</param>
    /// <exception cref="ArgumentException">The name is not one of a group, or there are as many groups as there can be.</exception>
    void SetGate(string group, bool sharedLink);

    /// <summary>
    /// Moves the moments at which the gates of a group close; one that has passed closes it now. Two stores into memory: no system call, no
    /// lock, no allocation, so that a real-time thread may call it.
    /// </summary>
    /// <param name="group">Name of the VIP group.</param>
    /// <param name="aliveUntil">Until when packets are forwarded and connections accepted.</param>
    /// <param name="answerUntil">Until when ARP and neighbour solicitations for the VIPs are answered; on a shared link also until when new connections are accepted.</param>
    /// <returns>False when the group has no gates.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="group"/> is null.</exception>
    bool Refresh(string group, TimeSpan aliveUntil, TimeSpan answerUntil);

    /// <summary>Notes beside the gates of a group whose role keeps them open from now on. As <see cref="Refresh"/> it is a store into memory. Nothing happens when the group has no gates; what cannot be noted is no owner.</summary>
    /// <param name="group">Name of the VIP group.</param>
    /// <param name="term">The term of the role.</param>
    /// <param name="node">The number of this node.</param>
    /// <exception cref="ArgumentNullException"><paramref name="group"/> is null.</exception>
    void SetOwner(string group, ulong term, ushort node);

    /// <summary>Reads whose role keeps, or kept, the gates of a group open, perhaps of an earlier process.</summary>
    /// <param name="group">Name of the VIP group.</param>
    /// <returns>The owner; null where none is noted, and for a group without gates.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="group"/> is null.</exception>
    GateOwner? ReadOwner(string group);

    /// <summary>Takes the gates of a group away: it is forwarded always. Nothing happens when it has none.</summary>
    /// <param name="group">Name of the VIP group.</param>
    /// <exception cref="ArgumentException">The name is not one of a group.</exception>
    void RemoveGate(string group);

    /// <summary>Hands the packets of a group to another node, or not any more.</summary>
    /// <param name="group">Name of the VIP group.</param>
    /// <param name="redirect">Where to; null for nowhere.</param>
    /// <exception cref="ArgumentException">The name is not one of a group, or there are as many groups as there can be.</exception>
    void SetRedirect(string group, PeerRedirect? redirect);

    /// <summary>Makes all ready for <see cref="BeginRedirect"/>, and hands nothing over yet.</summary>
    /// <param name="group">Name of the VIP group.</param>
    /// <param name="redirect">Where to.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The name is not one of a group, or there are as many groups as there can be.</exception>
    void PrepareRedirect(string group, PeerRedirect redirect);

    /// <summary>Hands the packets of a group over as <see cref="PrepareRedirect"/> has said: a store into memory, so that a real-time thread may call it.</summary>
    /// <param name="group">Name of the VIP group.</param>
    /// <returns>False when nothing was prepared.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="group"/> is null.</exception>
    bool BeginRedirect(string group);

    /// <summary>How long ago the last packet came that a redirect is for: one that was handed over, or, of a node that gives the group away, one of a connection that it keeps.</summary>
    /// <param name="group">Name of the VIP group.</param>
    /// <returns>The time, to about 17 ms; null when there was none since the redirect was set, or there is no redirect.</returns>
    /// <exception cref="ArgumentException">The name is not one of a group.</exception>
    TimeSpan? ReadRedirectSilence(string group);

    /// <summary>Says which nodes may hand packets over in a tunnel; those of others are dropped.</summary>
    /// <param name="addresses">Their addresses, of both families; empty for none.</param>
    /// <exception cref="ArgumentException">An address is not one that a node can have.</exception>
    void SetPeers(IEnumerable<IPAddress> addresses);
}
