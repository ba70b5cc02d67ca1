using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Loxi.Ha.Sync.Transport;

/// <summary>
/// What a node is known by: SHA-256 of the public key in its certificate (SubjectPublicKeyInfo, as RFC 7469 2.4 pins it), as 64 hexadecimal digits. Nothing else of a certificate counts, its dates neither:
/// a certificate that is made anew of the same key has the same pin.
/// </summary>
public readonly record struct CertificatePin
{
    /// <summary>Hexadecimal digits of a pin.</summary>
    public const int Length = 64;

    private readonly string? _digits;

    private CertificatePin(string digits) => _digits = digits;

    /// <summary>The pin of a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <returns>Its pin.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="certificate"/> is null.</exception>
    public static CertificatePin Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new(Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));
    }

    /// <summary>Reads a pin.</summary>
    /// <param name="text">64 hexadecimal digits.</param>
    /// <param name="pin">The pin.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryParse(string? text, out CertificatePin pin)
    {
        var isPin = text is { Length: Length } && text.All(char.IsAsciiHexDigit);
        pin = isPin ? new(text!.ToLowerInvariant()) : default;
        return isPin;
    }

    /// <summary>64 hexadecimal digits, lower case; empty for no pin.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _digits ?? "";
}
