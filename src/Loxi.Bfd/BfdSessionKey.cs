using System.Net;

namespace Loxi.Bfd;

/// <summary>What makes a session the one that it is: settings with the same key are the same session, which takes every other change without a flap. Compares by value.</summary>
/// <param name="PeerAddress">The peer.</param>
/// <param name="LocalAddress">The own address as configured; null when the route chooses it.</param>
/// <param name="Interface">The interface as configured; null for any.</param>
/// <param name="Kind">Which path is watched.</param>
/// <param name="PointToPoint">Whether the interface is a point-to-point link.</param>
public sealed record BfdSessionKey(IPAddress PeerAddress, IPAddress? LocalAddress, string? Interface, BfdSessionKind Kind, bool PointToPoint)
{
    /// <summary>The key of settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>Their key.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="settings"/> is null.</exception>
    public static BfdSessionKey Of(BfdSessionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(settings.PeerAddress, settings.LocalAddress, settings.Interface, settings.Kind, settings.PointToPoint);
    }

    /// <summary>The peer and whatever else is set.</summary>
    /// <returns>For example <c>192.0.2.1 from 192.0.2.2 on eth0</c> or <c>198.51.100.1 (Multihop)</c>.</returns>
    public override string ToString() =>
        $"{PeerAddress}{(LocalAddress is null ? "" : $" from {LocalAddress}")}{(Interface is null ? "" : $" on {Interface}")}{(Kind == BfdSessionKind.SingleHop ? "" : $" ({Kind})")}";
}
