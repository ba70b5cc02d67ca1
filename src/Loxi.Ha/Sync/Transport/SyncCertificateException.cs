namespace Loxi.Ha.Sync.Transport;

/// <summary>A node has no certificate that it could show to others: says which file, what is wrong with it, and what was expected.</summary>
public sealed class SyncCertificateException : Exception
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="message">The file, what it has, what was expected.</param>
    /// <param name="inner">What the system said; null for nothing.</param>
    public SyncCertificateException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
