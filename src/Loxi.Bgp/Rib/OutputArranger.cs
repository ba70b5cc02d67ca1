namespace Loxi.Bgp.Rib;

/// <summary>Puts out routes into order of attributes, so that those with the same share messages; linear, and the order of first appearance is kept.</summary>
internal sealed class OutputArranger
{
    private int[] _bucketOf = [];
    private int[] _roundOf = [];
    private int[] _starts = [];
    private int[] _sorted = [];
    private int _round;

    internal void Arrange(Span<int> window, UpdateGroup group)
    {
        Reserve(group.Attributes.End, window.Length);
        _round++;
        var (buckets, runs, previous) = (0, 0, 0);
        foreach (var index in window)
        {
            var attributes = group.Route(index).Attributes;
            if (_roundOf[attributes] != _round)
            {
                _roundOf[attributes] = _round;
                _bucketOf[attributes] = buckets;
                _starts[buckets++] = 0;
            }

            runs += attributes == previous ? 0 : 1;
            previous = attributes;
            _starts[_bucketOf[attributes]]++;
        }

        if (runs == buckets)
        {
            return;
        }

        var start = 0;
        for (var i = 0; i < buckets; i++)
        {
            (_starts[i], start) = (start, start + _starts[i]);
        }

        foreach (var index in window)
        {
            _sorted[_starts[_bucketOf[group.Route(index).Attributes]]++] = index;
        }

        _sorted.AsSpan(0, window.Length).CopyTo(window);
    }

    private void Reserve(int attributes, int window)
    {
        if (_roundOf.Length < attributes)
        {
            Array.Resize(ref _roundOf, attributes * 2);
            Array.Resize(ref _bucketOf, attributes * 2);
        }

        if (_sorted.Length < window)
        {
            _sorted = new int[window];
            _starts = new int[window];
        }
    }
}
