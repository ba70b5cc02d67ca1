using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Loxi.Linux;

namespace Loxi.Ha.Sync.Transport;

/// <summary>
/// The certificate by which a node is known to the others: ECDSA P-256, signed by itself, made once and kept in a file with its key. Others pin its key (<see cref="CertificatePin"/>): a new file makes the node a stranger to them.
/// </summary>
public sealed class SyncCertificate : IDisposable
{
    /// <summary>Name of the file: certificate and key (PKCS #8) in PEM, mode 0600. Another certificate can be put in its place.</summary>
    public const string FileName = "sync.pem";

    private const int Largest = 64 * 1024;

    private SyncCertificate(X509Certificate2 certificate)
    {
        Certificate = certificate;
        Pin = CertificatePin.Of(certificate);
    }

    /// <summary>What others pin.</summary>
    public CertificatePin Pin { get; }

    /// <summary>The certificate with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Reads the certificate; where there is no file, one is made and written first.</summary>
    /// <param name="directory">Where <see cref="FileName"/> is, or shall be.</param>
    /// <param name="time">For the date from which it says to be valid; null for the system's.</param>
    /// <returns>The certificate.</returns>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is null or empty.</exception>
    /// <exception cref="SyncCertificateException">The file cannot be read or written (the disk is full), others have access to it, or it has no certificate with its key. What is there stays as it is.</exception>
    public static SyncCertificate LoadOrCreate(string directory, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var path = Path.Combine(directory, FileName);
        try
        {
            return File.Exists(path) ? Load(path) : Create(path, time ?? TimeProvider.System);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException)
        {
            throw new SyncCertificateException($"{path}: the certificate of this node cannot be read or written: {e.Message}", e);
        }
        catch (CryptographicException e)
        {
            throw new SyncCertificateException($"{path}: expected a certificate and its private key in PEM ({e.Message}). Without the file a new one is made, whose pin the other nodes must be given", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();

    private static SyncCertificate Load(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OwnerFile.Others) != 0)
        {
            throw new SyncCertificateException($"{path}: mode {Convert.ToString((int)File.GetUnixFileMode(path), 8)}, expected access for its owner only (chmod 600)");
        }

        var length = new FileInfo(path).Length;
        if (length > Largest)
        {
            throw new SyncCertificateException($"{path}: {length} bytes, expected at most {Largest}");
        }

        var text = File.ReadAllText(path);
        return new(X509Certificate2.CreateFromPem(text, text));
    }

    private static SyncCertificate Create(string path, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=loxi-sync", key, HashAlgorithmName.SHA256);

        // RFC 5280 4.1.2.5: 99991231235959Z, no end. Dates do not count here anyway.
        var certificate = request.CreateSelfSigned(time.GetUtcNow().AddDays(-1), new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero));
        try
        {
            OwnerFile.Replace(path, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n"));
            return new(certificate);
        }
        catch
        {
            certificate.Dispose();
            throw;
        }
    }
}
