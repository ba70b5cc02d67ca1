using Microsoft.Win32.SafeHandles;

namespace Loxi.Linux.Interop;

/// <summary>Owns one file descriptor and closes it.</summary>
internal sealed class SafeDescriptor : SafeHandleMinusOneIsInvalid
{
    public SafeDescriptor()
        : base(ownsHandle: true)
    {
    }

    public SafeDescriptor(int descriptor)
        : this(descriptor, ownsHandle: true)
    {
    }

    /// <summary>Not owning it, it must be kept open by who does.</summary>
    public SafeDescriptor(int descriptor, bool ownsHandle)
        : base(ownsHandle) => SetHandle(descriptor);

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
