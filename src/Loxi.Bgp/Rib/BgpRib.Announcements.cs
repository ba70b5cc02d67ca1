using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Loxi.Bgp.Policy;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

internal sealed partial class BgpRib
{
    private readonly Dictionary<Prefix, OwnAdvertisement> _advertisements = [];
    private readonly byte[] _block = new byte[4096];
    private int _advertisementRound;

    /// <summary>Own announcements that shall be.</summary>
    internal int AdvertisementCount => _advertisements.Count;

    internal IEnumerable<Prefix> OwnPrefixes(BgpFamily family) => _advertisements.Keys.Where(prefix => prefix.Family == family);

    /// <summary>Makes the own announcements these and no others. What is as before is not touched.</summary>
    /// <exception cref="ArgumentException">A prefix is there twice.</exception>
    internal void SetAdvertisements(IReadOnlyList<BgpAdvertisement> advertisements)
    {
        // One look-up for each: a set that is almost the same again costs little.
        _advertisementRound++;
        var (same, changed, added) = (0, new List<BgpAdvertisement>(), new HashSet<Prefix>());
        foreach (var advertisement in advertisements)
        {
            var prefix = PrefixMatcher.ToPrefix(advertisement.Prefix);
            ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(_advertisements, prefix);
            var isNew = Unsafe.IsNullRef(ref known);
            if (isNew ? !added.Add(prefix) : known.Round == _advertisementRound)
            {
                throw new ArgumentException($"prefix {advertisement.Prefix} is announced twice", nameof(advertisements));
            }

            if (!isNew)
            {
                known.Round = _advertisementRound;
                same++;
            }

            if (isNew || !IsSame(known.Advertisement, advertisement))
            {
                changed.Add(advertisement);
            }
        }

        if (same < _advertisements.Count)
        {
            foreach (var (prefix, _) in _advertisements.Where(own => own.Value.Round != _advertisementRound).ToList())
            {
                Withdraw(prefix);
            }
        }

        Advertise(changed);
    }

    /// <summary>Changes some of the own announcements.</summary>
    internal void ChangeAdvertisements(BgpAdvertisement[] announced, IPNetwork[] withdrawn)
    {
        foreach (var prefix in withdrawn)
        {
            Withdraw(prefix);
        }

        Advertise(announced);
    }

    private void Advertise(IReadOnlyList<BgpAdvertisement> advertisements)
    {
        var (attributes, like) = (0, default(BgpAdvertisement));
        foreach (var advertisement in advertisements)
        {
            Advertise(advertisement, ref attributes, ref like);
        }

        Attributes.Release(attributes);
    }

    /// <summary>Adds or changes one own announcement.</summary>
    internal void Advertise(BgpAdvertisement advertisement)
    {
        var (attributes, like) = (0, default(BgpAdvertisement));
        Advertise(advertisement, ref attributes, ref like);
        Attributes.Release(attributes);
    }

    /// <summary>Takes one own announcement back.</summary>
    /// <returns>False when there was none.</returns>
    internal bool Withdraw(IPNetwork prefix) => Withdraw(PrefixMatcher.ToPrefix(prefix));

    /// <summary>The prefixes of own announcements, for <see cref="Reconcile"/>.</summary>
    internal Prefix[] OwnPrefixes() => [.. _advertisements.Keys];

    /// <summary>Compares what update groups have of own announcements with what should be, and puts right what differs, which is nothing unless something went wrong.</summary>
    /// <param name="prefixes">Which; those that are announced no more are passed over.</param>
    /// <returns>How many were put right.</returns>
    internal int Reconcile(ReadOnlySpan<Prefix> prefixes)
    {
        var repaired = 0;
        foreach (ref readonly var prefix in prefixes)
        {
            if (_advertisements.TryGetValue(prefix, out var own))
            {
                repaired += IsRepaired(prefix, own.Advertisement) ? 1 : 0;
            }
        }

        return repaired;
    }

    private bool IsRepaired(in Prefix prefix, BgpAdvertisement advertisement)
    {
        var family = this[prefix.Family];
        var isRepaired = false;
        if (!family.HasOwn(prefix))
        {
            var attributes = Attributes.Intern(Block(advertisement), advertisement.NextHop is { } nextHop ? NextHop.From(nextHop) : default);
            family.SetOwn(prefix, attributes, (uint)advertisement.Prepend);
            Attributes.Release(attributes);
            isRepaired = true;
        }

        var number = family.Prefixes.Find(prefix);
        foreach (var group in family.Groups)
        {
            // What a group has not come to yet is no fault.
            if (group.IsPopulating)
            {
                continue;
            }

            var before = group.Announcements.End + group.Withdrawals.End;
            group.Export(number);
            isRepaired |= group.Announcements.End + group.Withdrawals.End != before;
        }

        return isRepaired;
    }

    private static bool IsSame(BgpAdvertisement a, BgpAdvertisement b) => ReferenceEquals(a, b) || a.Equals(b);

    private static bool HasSameAttributes(BgpAdvertisement a, BgpAdvertisement b)
        => Equals(a.NextHop, b.NextHop) && a.Med == b.Med && a.LocalPreference == b.LocalPreference && a.Communities.AsSpan().SequenceEqual(b.Communities.AsSpan())
            && a.ExtendedCommunities.AsSpan().SequenceEqual(b.ExtendedCommunities.AsSpan()) && a.LargeCommunities.AsSpan().SequenceEqual(b.LargeCommunities.AsSpan());

    private void Advertise(BgpAdvertisement advertisement, ref int attributes, ref BgpAdvertisement? like)
    {
        var prefix = PrefixMatcher.ToPrefix(advertisement.Prefix);
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_advertisements, prefix, out var exists);
        if (exists && IsSame(known.Advertisement, advertisement))
        {
            return;
        }

        known = new(advertisement, _advertisementRound);
        if (like is null || !HasSameAttributes(like, advertisement))
        {
            Attributes.Release(attributes);
            attributes = Attributes.Intern(Block(advertisement), advertisement.NextHop is { } nextHop ? NextHop.From(nextHop) : default);
            like = advertisement;
        }

        this[prefix.Family].SetOwn(prefix, attributes, (uint)advertisement.Prepend);
    }

    private bool Withdraw(in Prefix prefix)
    {
        if (!_advertisements.Remove(prefix))
        {
            return false;
        }

        this[prefix.Family].RemoveOwn(prefix);
        return true;
    }

    private AttributeBlock Block(BgpAdvertisement advertisement)
    {
        var writer = new AttributeBlockWriter(_block);
        writer.AddOrigin(BgpOrigin.Igp);
        writer.AddAsPath([]);
        if (advertisement.Med is { } med)
        {
            writer.AddMed(med);
        }

        writer.AddLocalPreference(advertisement.LocalPreference ?? DefaultLocalPreference);
        if (!advertisement.Communities.IsEmpty)
        {
            writer.AddCommunities(advertisement.Communities.AsSpan());
        }

        if (!advertisement.ExtendedCommunities.IsEmpty)
        {
            writer.AddExtendedCommunities(advertisement.ExtendedCommunities.AsSpan());
        }

        if (!advertisement.LargeCommunities.IsEmpty)
        {
            writer.AddLargeCommunities(advertisement.LargeCommunities.AsSpan());
        }

        return new(_block.AsSpan(0, writer.Length));
    }
}
