using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

internal sealed partial class FamilyRib
{
    /// <summary>Announces a prefix of our own. It is the best path whatever peers say: a standby that hears of the active one still tells its own way.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="attributes">Attributes; the caller keeps its reference.</param>
    /// <param name="prepend">How often the own AS is prepended more than it must.</param>
    internal void SetOwn(in Prefix prefix, int attributes, uint prepend)
    {
        var number = Prefixes.FindOrAdd(prefix);
        var index = FindOwn(number);
        if (index == 0)
        {
            index = AddPath(number, 0, prepend);
        }

        ref var path = ref Paths[index];
        path.PathId = prepend;
        Attributes.AddReference(attributes);
        Attributes.AddReference(attributes);
        Attributes.Release(path.Received);
        Attributes.Release(path.Used);
        path.Received = path.Used = attributes;
        Reselect(number, isBestChanged: true);
    }

    internal void RemoveOwn(in Prefix prefix) => RemovePath(FindOwn(Prefixes.Find(prefix)));

    /// <summary>Whether the prefix is announced and nothing else is chosen for it.</summary>
    internal bool HasOwn(in Prefix prefix)
    {
        var number = Prefixes.Find(prefix);
        return number != 0 && FindOwn(number) is not 0 and var own && Prefixes[number].Best == own;
    }

    private int FindOwn(int prefix)
    {
        var index = Prefixes[prefix].FirstPath;
        while (index != 0 && Paths[index].Peer != 0)
        {
            index = Paths[index].Next;
        }

        return index;
    }
}
