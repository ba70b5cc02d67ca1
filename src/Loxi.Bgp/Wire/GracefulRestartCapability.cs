using System.Collections.Immutable;

namespace Loxi.Bgp.Wire;

/// <summary>The graceful restart capability (RFC 4724 3, RFC 8538 2). Compares by value.</summary>
/// <param name="Restarted">R: the sender has restarted.</param>
/// <param name="Notification">N: a NOTIFICATION keeps the routes too (RFC 8538).</param>
/// <param name="RestartTime">Seconds, 0 to 4095.</param>
/// <param name="Families">Families whose forwarding is kept over a restart, and whether it was (F).</param>
internal sealed record GracefulRestartCapability(bool Restarted, bool Notification, ushort RestartTime, ImmutableArray<(BgpFamily Family, bool Forwarding)> Families)
{
    public bool Equals(GracefulRestartCapability? other)
        => other is not null && (Restarted, Notification, RestartTime) == (other.Restarted, other.Notification, other.RestartTime) && Families.SequenceEqual(other.Families);

    public override int GetHashCode() => HashCode.Combine(Restarted, Notification, RestartTime);
}
