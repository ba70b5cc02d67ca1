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
        : base(ownsHandle: true) => SetHandle(descriptor);

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
