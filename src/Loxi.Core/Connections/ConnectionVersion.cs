using System.Globalization;

namespace Loxi.Core.Connections;

/// <summary>
/// Orders what several nodes say about one connection: the greater version is the newer one. Term first, then owner, then counter, so
/// versions compare as their 64-bit numbers do and never wrap: a term that is over does not come back.
/// </summary>
/// <param name="Value">The number as the data plane stores it: term in bits 63-40, owner in 39-32, counter in 31-0.</param>
public readonly record struct ConnectionVersion(ulong Value) : IComparable<ConnectionVersion>
{
    /// <summary>Greatest term: 24 bits.</summary>
    public const uint MaxTerm = (1u << TermBits) - 1;

    private const int TermBits = 24;
    private const int TermShift = 40;
    private const int OwnerShift = 32;

    /// <summary>A version from its parts.</summary>
    /// <param name="term">Term in which it was made, 0 to <see cref="MaxTerm"/>.</param>
    /// <param name="owner">Number of the node that made it.</param>
    /// <param name="counter">Grows with each change that the owner makes, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="term"/> has more than 24 bits.</exception>
    public ConnectionVersion(uint term, byte owner, uint counter)
        : this(((ulong)term << TermShift) | ((ulong)owner << OwnerShift) | counter) =>
        ArgumentOutOfRangeException.ThrowIfGreaterThan(term, MaxTerm);

    /// <summary>The term in which it was made.</summary>
    public uint Term => (uint)(Value >> TermShift);

    /// <summary>The node that made it.</summary>
    public byte Owner => (byte)(Value >> OwnerShift);

    /// <summary>Grows with each change of the owner in that term, from what the data plane's clock says at the beginning of the connection; 0 is no version.</summary>
    public uint Counter => (uint)Value;

    /// <summary>Makes a version from numbers that another node has sent.</summary>
    /// <param name="term">Term.</param>
    /// <param name="owner">Number of the owner.</param>
    /// <param name="counter">Counter.</param>
    /// <param name="version">The version.</param>
    /// <returns>False when a number is out of range: term above <see cref="MaxTerm"/>, owner above 255, counter 0 or above 4,294,967,295.</returns>
    public static bool TryCreate(ulong term, ulong owner, ulong counter, out ConnectionVersion version)
    {
        var fits = term <= MaxTerm && owner <= byte.MaxValue && counter is > 0 and <= uint.MaxValue;
        version = fits ? new ConnectionVersion((uint)term, (byte)owner, (uint)counter) : default;
        return fits;
    }

    /// <summary>Older first.</summary>
    /// <param name="other">The other version.</param>
    /// <returns>Negative, zero or positive.</returns>
    public int CompareTo(ConnectionVersion other) => Value.CompareTo(other.Value);

    /// <summary>True when <paramref name="left"/> is older.</summary>
    /// <param name="left">One version.</param>
    /// <param name="right">The other version.</param>
    /// <returns>The comparison.</returns>
    public static bool operator <(ConnectionVersion left, ConnectionVersion right) => left.Value < right.Value;

    /// <summary>True when <paramref name="left"/> is newer.</summary>
    /// <param name="left">One version.</param>
    /// <param name="right">The other version.</param>
    /// <returns>The comparison.</returns>
    public static bool operator >(ConnectionVersion left, ConnectionVersion right) => left.Value > right.Value;

    /// <summary>True unless <paramref name="left"/> is newer.</summary>
    /// <param name="left">One version.</param>
    /// <param name="right">The other version.</param>
    /// <returns>The comparison.</returns>
    public static bool operator <=(ConnectionVersion left, ConnectionVersion right) => left.Value <= right.Value;

    /// <summary>True unless <paramref name="left"/> is older.</summary>
    /// <param name="left">One version.</param>
    /// <param name="right">The other version.</param>
    /// <returns>The comparison.</returns>
    public static bool operator >=(ConnectionVersion left, ConnectionVersion right) => left.Value >= right.Value;

    /// <summary>Term, owner and counter with dots, e.g. <c>7.2.31</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Term}.{Owner}.{Counter}");
}
