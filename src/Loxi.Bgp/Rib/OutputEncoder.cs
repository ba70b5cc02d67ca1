using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>Attributes as they are sent. One for all peers: the caller's lock guards it.</summary>
internal sealed class OutputEncoder(AttributeStore attributes)
{
    private byte[] _bytes = new byte[8192];

    /// <summary>The result stays as it is until the next call.</summary>
    internal ReadOnlySpan<byte> Encode(int number, NextHop nextHop, bool fourOctetAs)
    {
        var block = attributes.Block(number);
        var most = AttributeEncoder.MaximumLength(block);
        if (_bytes.Length < most)
        {
            _bytes = new byte[most * 2];
        }

        return _bytes.AsSpan(0, AttributeEncoder.Encode(block, nextHop, fourOctetAs, _bytes));
    }
}
