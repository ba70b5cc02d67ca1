using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>The last malformed UPDATEs of a peer, whole (RFC 7606 6), and how many there were.</summary>
internal sealed class MalformedMessages
{
    private const int Kept = 16;
    private const int KeptPrefixes = 32;

    private readonly Queue<BgpMalformedMessage> _last = new(Kept);
    private readonly Lock _gate = new();
    private long _discarded;
    private long _withdrawn;

    internal long AttributesDiscarded => Volatile.Read(ref _discarded);

    internal long TreatedAsWithdrawn => Volatile.Read(ref _withdrawn);

    internal void Add(DateTimeOffset time, ReadOnlySpan<byte> message, ReadOnlySpan<BgpError> errors, UpdateView view)
    {
        var outcome = view.Outcome;
        _ = outcome switch
        {
            ErrorHandling.AttributeDiscard => Interlocked.Increment(ref _discarded),
            ErrorHandling.TreatAsWithdraw => Interlocked.Increment(ref _withdrawn),
            _ => 0,
        };
        var error = Strongest(errors);
        BgpMalformedMessage malformed = new(time, ReactionOf(outcome), BgpErrorText.Of(error))
        {
            Attribute = error.Attribute == 0 ? null : error.Attribute,
            Offset = error.Offset,
            Prefixes = PrefixesOf(view),
            Message = [.. message],
        };
        lock (_gate)
        {
            if (_last.Count == Kept)
            {
                _last.Dequeue();
            }

            _last.Enqueue(malformed);
        }
    }

    /// <summary>The oldest first.</summary>
    internal ImmutableArray<BgpMalformedMessage> Read()
    {
        lock (_gate)
        {
            return [.. _last];
        }
    }

    private static ImmutableArray<IPNetwork> PrefixesOf(UpdateView view)
    {
        var prefixes = ImmutableArray.CreateBuilder<IPNetwork>();
        Add(prefixes, view.Announced);
        Add(prefixes, view.MpAnnounced);
        Add(prefixes, view.Withdrawn);
        Add(prefixes, view.MpWithdrawn);
        return prefixes.ToImmutable();
    }

    private static void Add(ImmutableArray<IPNetwork>.Builder prefixes, PrefixList list)
    {
        foreach (var entry in list)
        {
            if (prefixes.Count == KeptPrefixes)
            {
                return;
            }

            prefixes.Add(RouteText.ToNetwork(entry.Prefix));
        }
    }

    private static BgpError Strongest(ReadOnlySpan<BgpError> errors)
    {
        var strongest = errors[0];
        foreach (var error in errors)
        {
            strongest = error.Handling > strongest.Handling ? error : strongest;
        }

        return strongest;
    }

    private static BgpErrorReaction ReactionOf(ErrorHandling outcome) => outcome switch
    {
        ErrorHandling.SessionReset => BgpErrorReaction.SessionReset,
        ErrorHandling.TreatAsWithdraw => BgpErrorReaction.TreatAsWithdraw,
        _ => BgpErrorReaction.AttributeDiscard,
    };
}
