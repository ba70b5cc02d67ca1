using System.Collections.Immutable;
using Loxi.Core.Roles;
using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <summary>A question on the links who has some addresses: 3 times, 50 ms apart, and 50 ms for the last answers.</summary>
internal sealed class ProbeState(HashSet<InternetAddress> addresses, TimeSpan started, TaskCompletionSource<ImmutableArray<AddressClaim>> result)
{
    internal const int Probes = 3;

    internal static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(50);

    internal HashSet<InternetAddress> Addresses { get; } = addresses;

    internal int Sent { get; set; }

    internal TimeSpan Due => started + (Sent * Gap);

    internal Dictionary<InternetAddress, AddressClaim> Claims { get; } = [];

    internal TaskCompletionSource<ImmutableArray<AddressClaim>> Result { get; } = result;
}
