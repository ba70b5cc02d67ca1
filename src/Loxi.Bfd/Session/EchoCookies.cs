namespace Loxi.Bfd.Session;

/// <summary>What the last 256 echo packets of a session carried, so that only these are taken back, once each.</summary>
internal sealed class EchoCookies
{
    // As many as the greatest multiplier lets be on their way.
    private const int Count = 256;

    private readonly ulong[] _cookies = new ulong[Count];
    private uint _next;

    /// <summary>Keeps the cookie of the next packet.</summary>
    /// <returns>The packet's number.</returns>
    public uint Add(ulong cookie)
    {
        var number = _next;
        _cookies[number % Count] = cookie;
        unchecked
        {
            _next++;
        }

        return number;
    }

    /// <summary>Takes a packet back.</summary>
    /// <returns>False when it was not sent, was sent too long ago, or has been back already.</returns>
    public bool TryTake(uint number, ulong cookie)
    {
        if (unchecked(_next - number - 1) >= Count || cookie == 0 || _cookies[number % Count] != cookie)
        {
            return false;
        }

        _cookies[number % Count] = 0;
        return true;
    }

    public void Clear() => Array.Clear(_cookies);
}
