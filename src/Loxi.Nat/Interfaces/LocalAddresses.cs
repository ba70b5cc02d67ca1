using System.Net;
using Loxi.Linux;
using Loxi.Linux.Netlink;

namespace Loxi.Nat.Interfaces;

/// <summary>
/// The node's own addresses. One may be on several interfaces, or on one with several prefixes or peers: it is the node's until the last of
/// them is gone. Not thread-safe.
/// </summary>
internal sealed class LocalAddresses
{
    private readonly Action<IPAddress, bool> _setLocal;
    private readonly Dictionary<IPAddress, HashSet<Place>> _places;

    /// <summary>Starts from what an earlier process found, on interfaces that are not known: what has gone since is taken back by <see cref="Replace"/>.</summary>
    /// <param name="known">The addresses.</param>
    /// <param name="setLocal">Told of each address that becomes the node's own, or is not any more.</param>
    public LocalAddresses(IEnumerable<IPAddress> known, Action<IPAddress, bool> setLocal)
    {
        _setLocal = setLocal;
        _places = known.Distinct().ToDictionary(static a => a, static _ => new HashSet<Place>());
    }

    /// <summary>An address has come to an interface, has changed there, or has gone from it.</summary>
    public void OnChange(in Address address, bool removed)
    {
        var local = address.Local.ToIPAddress();
        var place = Place.Of(address);
        var places = _places.GetValueOrDefault(local);
        if (!removed)
        {
            if (places is null)
            {
                _setLocal(local, true);
                _places[local] = places = [];
            }

            places.Add(place);
        }
        else if (places is not null && places.Remove(place) && places.Count == 0)
        {
            _setLocal(local, false);
            _places.Remove(local);
        }
    }

    /// <summary>These are all there are.</summary>
    public void Replace(IEnumerable<Address> addresses)
    {
        var present = addresses.ToLookup(static a => a.Local.ToIPAddress());
        foreach (var gone in _places.Keys.Where(a => !present.Contains(a)).ToArray())
        {
            _setLocal(gone, false);
            _places.Remove(gone);
        }

        foreach (var address in present)
        {
            if (!_places.ContainsKey(address.Key))
            {
                _setLocal(address.Key, true);
            }

            _places[address.Key] = [.. address.Select(static a => Place.Of(a))];
        }
    }

    /// <summary>What tells two entries of one address apart in the kernel.</summary>
    private readonly record struct Place(int InterfaceIndex, int PrefixLength, InternetAddress Peer)
    {
        public static Place Of(in Address address) => new(address.InterfaceIndex, address.PrefixLength, address.Peer);
    }
}
