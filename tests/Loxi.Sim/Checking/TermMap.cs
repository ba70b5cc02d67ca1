namespace Loxi.Sim.Checking;

/// <summary>Other numbers for terms: first it collects those that there are, then it gives each its new one.</summary>
internal sealed class TermMap
{
    private readonly List<ulong> _from = [];
    private readonly List<ulong> _to = [];
    private bool _collects;

    public int Count => _from.Count;

    /// <summary>The terms that were collected, the lowest first.</summary>
    public ulong this[int k] => _from[k];

    /// <summary>0 is always one: a process begins with it.</summary>
    public void Collect()
    {
        _from.Clear();
        _from.Add(0);
        _to.Clear();
        _collects = true;
    }

    /// <summary>Gives the next greater of the collected terms its new number.</summary>
    public void Add(ulong to)
    {
        _to.Add(to);
        _collects = false;
    }

    public ulong Of(ulong term)
    {
        var k = _from.BinarySearch(term);
        if (!_collects)
        {
            return _to[k];
        }

        if (k < 0)
        {
            _from.Insert(~k, term);
        }

        return term;
    }
}
