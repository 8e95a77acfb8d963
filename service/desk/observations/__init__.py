"""Reports of citizens, mobile devices and sensors: `POST /observations`."""
