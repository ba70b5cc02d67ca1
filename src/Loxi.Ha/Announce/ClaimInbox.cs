using System.Diagnostics.CodeAnalysis;
using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <summary>Claims between the threads that listen and the one that acts. Bounded: a flood costs claims, not memory.</summary>
internal sealed class ClaimInbox
{
    internal const int Capacity = 4096;

    private readonly Lock _gate = new();
    private List<Claim> _claims = [];
    private volatile Watched _watched = new(new HashSet<InternetAddress>(), new HashSet<LinkLayerAddress>());
    private long _lost;

    internal long Lost => Interlocked.Read(ref _lost);

    internal void Watch(IReadOnlySet<InternetAddress> addresses, IReadOnlySet<LinkLayerAddress> own) => _watched = new(addresses, own);

    /// <summary>Keeps a claim that somebody wants.</summary>
    /// <returns>Whether the inbox was empty before: then whoever reads it must be woken.</returns>
    internal bool Add(Claim claim)
    {
        var watched = _watched;
        if (!watched.Addresses.Contains(claim.Address) || watched.Own.Contains(claim.Mac))
        {
            return false;
        }

        lock (_gate)
        {
            if (_claims.Count >= Capacity)
            {
                Interlocked.Increment(ref _lost);
                return false;
            }

            _claims.Add(claim);
            return _claims.Count == 1;
        }
    }

    internal bool TryTake([NotNullWhen(true)] out List<Claim>? claims)
    {
        lock (_gate)
        {
            claims = _claims.Count > 0 ? _claims : null;
            if (claims is not null)
            {
                _claims = [];
            }

            return claims is not null;
        }
    }

    private sealed record Watched(IReadOnlySet<InternetAddress> Addresses, IReadOnlySet<LinkLayerAddress> Own);
}
