using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>The interned attributes of the message before: the next one often has the same. Keeps a reference to them.</summary>
internal sealed class AttributesOfMessage
{
    private long _version = -1;
    private NextHop _nextHop;
    private int _number;

    /// <returns>Their number; the reference stays here.</returns>
    internal int Intern(AttributeStore store, UpdateView view, in NextHop nextHop)
    {
        if (_version == view.AttributesVersion && _nextHop == nextHop)
        {
            return _number;
        }

        var number = store.Intern(view.Attributes, nextHop);
        store.Release(_number);
        (_number, _version, _nextHop) = (number, view.AttributesVersion, nextHop);
        return number;
    }
}
