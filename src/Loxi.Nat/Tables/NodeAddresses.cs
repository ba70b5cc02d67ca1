using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Loxi.Nat.Tables;

/// <summary>
/// The node's own address towards each endpoint that somebody asks for. Asked of the kernel once, and again when its routes, addresses or
/// links have changed. Not thread-safe; only <see cref="Ask"/> is, because a question waits for the kernel.
/// </summary>
/// <param name="ask">The kernel's answer; null when there is no way, or no address.</param>
internal sealed class NodeAddresses(Func<IPAddress, IPAddress?> ask)
{
    private readonly Dictionary<UInt128, Place> _places = [];

    /// <summary>The destinations that are asked for.</summary>
    public IReadOnlyList<IPAddress> Destinations => [.. _places.Values.Select(static p => p.Destination)];

    /// <summary>Begins to follow the way to a destination.</summary>
    public IPAddress? Take(IPAddress destination)
    {
        var number = NumberOf(destination);
        if (!_places.TryGetValue(number, out var place))
        {
            place = new Place(destination, 0, ask(destination));
        }

        _places[number] = place with { Users = place.Users + 1 };
        return place.Source;
    }

    public void Release(IPAddress destination)
    {
        var number = NumberOf(destination);
        ref var place = ref CollectionsMarshal.GetValueRefOrNullRef(_places, number);
        if (place.Users == 1)
        {
            _places.Remove(number);
        }
        else
        {
            place = place with { Users = place.Users - 1 };
        }
    }

    /// <summary>The present address towards a destination that is followed.</summary>
    public IPAddress? Of(IPAddress destination) => _places.TryGetValue(NumberOf(destination), out var place) ? place.Source : null;

    /// <summary>What the kernel says now; may be called beside everything else.</summary>
    public IPAddress? Ask(IPAddress destination) => ask(destination);

    /// <summary>Notes an answer. Returns whether it is another one than before.</summary>
    public bool Learn(IPAddress destination, IPAddress? source)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrNullRef(_places, NumberOf(destination));
        if (Unsafe.IsNullRef(ref place) || Equals(place.Source, source))
        {
            return false;
        }

        place = place with { Source = source };
        return true;
    }

    private static UInt128 NumberOf(IPAddress address) => WireAddress.ToNumber(WireAddress.From(address));

    private readonly record struct Place(IPAddress Destination, int Users, IPAddress? Source);
}
